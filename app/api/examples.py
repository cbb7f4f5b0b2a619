"""Worked examples for the OpenAPI document. Tests post every one of them and compare the answers."""

from __future__ import annotations

from typing import Any

from fastapi.openapi.models import Example


def _token(text: str, kind: str, relation: str, weight: float) -> dict[str, Any]:
    return {"query": text, "listed": text, "kind": kind, "relation": relation, "weight": weight}


REQUEST_EXAMPLES: dict[str, Example] = {
    "one supplier": {
        "summary": "One supplier, by name alone, against one list",
        "value": {
            "parties": [{"name": "Hetian Taida Apparel Co., Ltd.", "role": "supplier"}],
            "lists": ["us-uflpa"],
            "as_of": "2026-11-01",
        },
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

# The answer to "one supplier", with the effect in one jurisdiction instead of all.
RESPONSE_EXAMPLE: dict[str, Any] = {
    "id": "call_mH8xI1yRk0b3v0yAqz3ZxQ",
    "as_of": "2026-11-01",
    "policy": "0d5027a1162e",
    "editions": {"us-uflpa": "2026-08-11+59e619c3b99e"},
    "summary": {"block": 1, "review": 0, "incomplete": 0, "clear": 0},
    "records": [
        {
            "id": "call_mH8xI1yRk0b3v0yAqz3ZxQ.1",
            "row": 1,
            "line": None,
            "role": "supplier",
            "party": {"name": "Hetian Taida Apparel Co., Ltd.", "address": "", "country": "", "identifiers": {}},
            "outcome": "block",
            "hits": [
                {
                    "list_id": "us-uflpa",
                    "listing_id": "us-uflpa/hetian-taida-apparel",
                    "name": "Hetian Taida Apparel Co., Ltd.",
                    "matched_name": "Hetian Taida Apparel Co., Ltd.",
                    "score": 1.0,
                    "strength": "strong",
                    "programme": "Uyghur Forced Labor Prevention Act, Entity List",
                    "listed_on": "2022-06-21",
                    "explanation": {
                        "summary": "“Hetian Taida Apparel Co., Ltd.” is the listed name “Hetian Taida Apparel Co., "
                        "Ltd.”; case, punctuation, script variant and legal form aside.",
                        "query": "Hetian Taida Apparel Co., Ltd.",
                        "listed": "Hetian Taida Apparel Co., Ltd.",
                        "rule": "identical",
                        "covers": "party",
                        "caveats": [],
                        "tokens": [
                            _token("Hetian", "place", "same", 12.36),
                            _token("Taida", "brand", "same", 12.36),
                            _token("Apparel", "industry", "same", 9.47),
                            _token("Co Ltd", "legal_form", "ignored", 0.0),
                        ],
                        "points": [],
                        "effect": [
                            {
                                "jurisdiction": "US",
                                "effect": "Goods made wholly or in part by the entity are presumed to be made with "
                                "forced labour and may not be imported, unless the importer rebuts the presumption "
                                "by clear and convincing evidence.",
                                "citation": "19 U.S.C. 1307; Pub. L. 117-78, section 3",
                                "applies_from": "2022-06-21",
                            }
                        ],
                    },
                }
            ],
            "signals": [],
            "waiver": None,
            "problem": "",
            "editions": {"us-uflpa": "2026-08-11+59e619c3b99e"},
            "policy": "0d5027a1162e",
            "reference": "",
        }
    ],
}
