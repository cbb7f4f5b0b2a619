"""What each list says about itself (list.yml)."""

from __future__ import annotations

_US = "Work of the United States government, no copyright (17 U.S.C. 105)"
_FACTS = "Names and relations are facts; the sources' texts are not reproduced"

HEADERS: dict[str, dict[str, str]] = {
    "us-uflpa": {
        "title": "UFLPA Entity List",
        "authority": "US Department of Homeland Security, Forced Labor Enforcement Task Force",
        "programme": "uflpa",
        "legal_effect": "Goods made wholly or in part by a listed entity are presumed to be made with forced labour "
        "and may not enter the United States unless the importer rebuts it by clear and convincing evidence.",
        "source": "https://www.dhs.gov/uflpa-entity-list",
        "licence": _US,
        "as_of": "2026-08-11",
    },
    "us-cbp-wro": {
        "title": "CBP Withhold Release Orders and Findings, China",
        "authority": "US Customs and Border Protection",
        "programme": "tariff-act-307",
        "legal_effect": "Goods that an active order or Finding covers are detained or seized at US ports of entry.",
        "source": "https://www.cbp.gov/document/stats/withhold-release-orders-findings",
        "licence": _US,
        "as_of": "2026-06-23",
    },
    "us-bis-entity-list": {
        "title": "BIS Entity List, entries tied to Xinjiang",
        "authority": "US Department of Commerce, Bureau of Industry and Security",
        "programme": "bis-entity-list",
        "legal_effect": "Exports, reexports and transfers of items under the EAR to a listed entity need a licence; "
        "imports from it are not banned by this list.",
        "source": "https://www.ecfr.gov/current/title-15/part-744/appendix-Supplement%20No.%204%20to%20Part%20744",
        "licence": _US,
        "as_of": "2026-07-09",
    },
    "us-ofac-sdn": {
        "title": "OFAC Specially Designated Nationals, Xinjiang designations",
        "authority": "US Department of the Treasury, Office of Foreign Assets Control",
        "programme": "ofac-global-magnitsky",
        "legal_effect": "Property of a designated person is blocked and US persons may not deal with it, nor with "
        "entities that it owns by 50 percent or more.",
        "source": "https://sanctionssearch.ofac.treas.gov/",
        "licence": _US,
        "as_of": "2025-12-31",
    },
    "us-ofac-ns-cmic": {
        "title": "OFAC NS-CMIC List, companies named for surveillance of Uyghurs",
        "authority": "US Department of the Treasury, Office of Foreign Assets Control",
        "programme": "ofac-ns-cmic",
        "legal_effect": "US persons may not buy or sell publicly traded securities of a listed company; trade in goods "
        "is not banned by this list.",
        "source": "https://ofac.treasury.gov/consolidated-sanctions-list/ns-cmic-list",
        "licence": _US,
        "as_of": "2026-07-09",
    },
    "eu-global-human-rights": {
        "title": "EU Global Human Rights Sanctions, Xinjiang listings",
        "authority": "Council of the European Union",
        "programme": "eu-global-human-rights",
        "legal_effect": "Funds and economic resources of a listed person or body are frozen, and none may be made "
        "available to it, directly or indirectly.",
        "source": "https://eur-lex.europa.eu/eli/reg/2020/1998/oj",
        "licence": "EUR-Lex, reuse under Commission Decision 2011/833/EU",
        "as_of": "2026-08-22",
    },
    "uk-global-human-rights": {
        "title": "UK Global Human Rights Sanctions, Xinjiang designations",
        "authority": "UK Foreign, Commonwealth and Development Office",
        "programme": "uk-global-human-rights",
        "legal_effect": "Funds and economic resources of a designated person are frozen, and none may be made "
        "available to it, directly or indirectly.",
        "source": "https://www.gov.uk/government/publications/the-uk-sanctions-list",
        "licence": "Open Government Licence v3.0",
        "as_of": "2026-01-19",
    },
    "ca-sema-china": {
        "title": "Canada, Special Economic Measures (People's Republic of China) Regulations",
        "authority": "Global Affairs Canada",
        "programme": "ca-sema-china",
        "legal_effect": "Persons in Canada and Canadians abroad may not deal in property of a scheduled person or "
        "make goods or services available to it.",
        "source": "https://laws-lois.justice.gc.ca/eng/regulations/SOR-2021-49/",
        "licence": "Reproduction of Federal Law Order (SI/97-5)",
        "as_of": "2024-12-11",
    },
    "xpcc-structure": {
        "title": "Structure of the Xinjiang Production and Construction Corps",
        "authority": "Importgate, from official tables of the XPCC and from exchange profiles",
        "programme": "xpcc-structure",
        "legal_effect": "None of its own: it names bodies and companies of the XPCC, whose subordinate and affiliated "
        "entities the UFLPA Entity List covers.",
        "source": "https://mzj.xjbt.gov.cn/c/2021-01-12/7403691",
        "licence": _FACTS,
        "as_of": "2026-11-23",
    },
    "research": {
        "title": "Companies named in research on forced labour in Xinjiang",
        "authority": "Importgate, from published reports",
        "programme": "named-in-research",
        "legal_effect": "None: a published report names the company, which is a reason to look closer.",
        "source": "https://www.shu.ac.uk/helena-kennedy-centre-international-justice/research-and-projects",
        "licence": _FACTS,
        "as_of": "2026-11-23",
    },
}
