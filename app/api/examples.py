"""Worked examples for the OpenAPI document. Tests post every one of them and compare the answers."""

from __future__ import annotations

from typing import Any

from fastapi.openapi.models import Example

REQUEST_EXAMPLES: dict[str, Example] = {
    "one supplier": {
        "summary": "One supplier, by name alone",
        "value": {"parties": [{"name": "Hetian Taida Apparel Co., Ltd.", "role": "supplier"}]},
    },
    "a shipment": {
        "summary": "The parties of a shipment, on a given day, against two lists",
        "value": {
            "parties": [
                {
                    "name": "和田泰达服饰有限公司",
                    "address": "新疆和田地区",
                    "country": "CN",
                    "role": "manufacturer",
                    "reference": "PO 4711 / line 3",
                },
                {
                    "name": "Vermeulen Textiel BV",
                    "address": "Gent",
                    "country": "BE",
                    "role": "consignee",
                    "reference": "PO 4711",
                },
            ],
            "lists": ["us-uflpa", "us-cbp-wro"],
            "as_of": "2026-11-01",
        },
    },
    "an empty name": {
        "summary": "A party without a name is incomplete, not an error",
        "value": {"parties": [{"name": "", "role": "shipper"}]},
    },
}

RESPONSE_EXAMPLE: dict[str, Any] = {}
