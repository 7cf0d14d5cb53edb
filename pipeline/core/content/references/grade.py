"""How far a source can be leant on (E-04), by who publishes it. A small table: `grade` in the front matter says better.

Guidelines, health services and systematic reviews come first, then what peers reviewed and what charities say, then
clinics and others that sell, and last what nobody can look up.
"""

from __future__ import annotations

import re

from pipeline.core.content.article import Grade
from pipeline.core.content.references import identifiers
from pipeline.core.content.references.source import Source

_GUIDELINES = (
    "nhs.uk nhs.scot nhs.wales nhsinform.scot hscni.net nidirect.gov.uk nice.org.uk sign.ac.uk gov.uk "
    "gov.scot gov.wales who.int cochrane.org cochranelibrary.com europa.eu hse.ie cdc.gov fda.gov "
    "medlineplus.gov nih.gov healthdirect.gov.au rcog.org.uk rcgp.org.uk rcpch.ac.uk rcplondon.ac.uk "
    "rcpsych.ac.uk brit-thoracic.org.uk escardio.org eshre.eu ginasthma.org goldcopd.org bashh.org "
    "resus.org.uk"
)
_REVIEWED_BY_PEERS = (
    "doi.org pubmed.ncbi.nlm.nih.gov pmc.ncbi.nlm.nih.gov ncbi.nlm.nih.gov europepmc.org bmj.com "
    "thelancet.com nejm.org jamanetwork.com nature.com science.org cell.com sciencedirect.com "
    "springer.com link.springer.com biomedcentral.com onlinelibrary.wiley.com tandfonline.com "
    "academic.oup.com journals.sagepub.com journals.plos.org frontiersin.org ahajournals.org "
    "acpjournals.org annals.org cambridge.org karger.com mdpi.com journals.lww.com birpublications.org "
    "pubs.rsna.org bjgp.org ajronline.org diabetesjournals.org"
)
_CHARITIES = (
    "macmillan.org.uk cancerresearchuk.org breastcancernow.org bhf.org.uk diabetes.org.uk "
    "asthmaandlung.org.uk mind.org.uk stroke.org.uk alzheimers.org.uk dementiauk.org "
    "versusarthritis.org mariecurie.org.uk rethink.org samaritans.org crohnsandcolitis.org.uk "
    "coeliac.org.uk kidneycareuk.org kidney.org.uk britishlivertrust.org.uk epilepsy.org.uk "
    "epilepsysociety.org.uk parkinsons.org.uk tommys.org eczema.org allergyuk.org anaphylaxis.org.uk "
    "prostatecanceruk.org bowelcanceruk.org.uk ovarian.org.uk targetovariancancer.org.uk "
    "jostrust.org.uk migrainetrust.org menopause.org.uk thebms.org.uk thesleepcharity.org.uk "
    "mentalhealth.org.uk youngminds.org.uk ageuk.org.uk redcross.org.uk sja.org.uk theibsnetwork.org "
    "gutscharity.org.uk backcare.org.uk nras.org.uk theros.org.uk thyroiduk.org btf-thyroid.org "
    "heartuk.org.uk bloodpressureuk.org cancer.org cancer.ca breastcancer.org heart.org diabetes.org "
    "lung.org arthritis.org kidney.org patients-association.org.uk sands.org.uk nct.org.uk"
)
_SELLS = (
    "mayoclinic.org clevelandclinic.org hopkinsmedicine.org cancercenter.com cityofhope.org webmd.com "
    "healthline.com medicalnewstoday.com verywellhealth.com drugs.com everydayhealth.com bupa.co.uk "
    "nuffieldhealth.com spirehealthcare.com wikipedia.org"
)
_TABLE = {
    **dict.fromkeys(_SELLS.split(), Grade.COMMERCIAL),
    **dict.fromkeys(_CHARITIES.split(), Grade.CHARITY),
    **dict.fromkeys(_GUIDELINES.split(), Grade.GUIDELINE),
    **dict.fromkeys(_REVIEWED_BY_PEERS.split(), Grade.PEER_REVIEWED),
}
_TRADE = (".com", ".co.uk", ".com.au", ".co", ".clinic", ".health", ".care", ".shop", ".net", ".biz", ".io")
_SUMS_UP = re.compile(
    r"\bsystematic review\b|\bmeta-?analysis\b|\bcochrane\b|\b(?:clinical |practice |NICE |SIGN )guidelines?\b",
    re.IGNORECASE,
)
_PUBLIC_BODY = re.compile(
    r"\b(?:NHS|NICE|SIGN|WHO|MHRA|UKHSA)\b|National Institute for Health and Care Excellence"
    r"|World Health Organi[sz]ation|Scottish Intercollegiate|Public Health (?:England|Scotland|Wales)"
    r"|Department of Health|\bCochrane\b"
)


def grade_of(source: Source, url: str, doi: str, pmid: str) -> tuple[Grade, str]:
    """The grade, and why, as the end of "it is graded so because ..."."""
    known = _by_host(identifiers.host_of(url)) if url else None
    if doi or pmid or known is Grade.PEER_REVIEWED or (source.type == "article-journal" and source.volume):
        if _SUMS_UP.search(f"{source.title} {source.container}"):
            return Grade.GUIDELINE, "it is a systematic review or a guideline"
        if known in (None, Grade.PEER_REVIEWED, Grade.COMMERCIAL):
            return Grade.PEER_REVIEWED, "it stands in a journal or a reviewed book"
    host = identifiers.host_of(url) if url else ""
    if known is not None:
        return known, f"{host} publishes it"
    if url and host.endswith(_TRADE):
        return Grade.COMMERCIAL, f"{host} is an address of trade that the table does not know"
    if url:
        return Grade.UNCHECKABLE, f"the table of publishers does not know {host}"
    by = " ".join([source.publisher, *(name.literal for name in source.authors)])
    if _PUBLIC_BODY.search(by):
        return Grade.GUIDELINE, "a health service or a body that writes guidelines publishes it"
    return Grade.UNCHECKABLE, "it has no address, DOI or PubMed number to look up"


def _by_host(host: str) -> Grade | None:
    """The row of the host itself or of the nearest domain above it."""
    labels = host.split(".")
    for start in range(len(labels) - 1):
        if row := _TABLE.get(".".join(labels[start:])):
            return row
    return None
