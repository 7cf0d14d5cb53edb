"""Known terms that software has replaced word by word: "bosom peril" for breast cancer.

Named by Cabanac, Labbé and Magazinov, "Tortured phrases: a dubious writing style emerging in science", 2021
(arXiv:2107.06751). The table is our own: terms of medicine, and of what health pages say of software and of studies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import hit_in
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

# In small letters and in the singular.
MEANT = {
    "bosom peril": "breast cancer",
    "bosom cancer": "breast cancer",
    "bosom malignancy": "breast cancer",
    "bosom malignant growth": "breast cancer",
    "bosom disease": "breast disease",
    "bosom growth": "breast tumour",
    "bosom tumor": "breast tumour",
    "bosom tumour": "breast tumour",
    "bosom tissue": "breast tissue",
    "breast malignant growth": "breast cancer",
    "lung malignant growth": "lung cancer",
    "skin malignant growth": "skin cancer",
    "colon malignant growth": "colon cancer",
    "prostate malignant growth": "prostate cancer",
    "ovarian malignant growth": "ovarian cancer",
    "cervical malignant growth": "cervical cancer",
    "pancreatic malignant growth": "pancreatic cancer",
    "liver malignant growth": "liver cancer",
    "stomach malignant growth": "stomach cancer",
    "thyroid malignant growth": "thyroid cancer",
    "cellular breakdown in the lungs": "lung cancer",
    "hostile to malignant growth": "anti-cancer",
    "malignant growth treatment": "cancer treatment",
    "malignant growth cell": "cancer cell",
    "malignant growth patient": "cancer patient",
    "mind tumor": "brain tumour",
    "mind tumour": "brain tumour",
    "cerebrum tumor": "brain tumour",
    "cerebrum tumour": "brain tumour",
    "kidney disappointment": "kidney failure",
    "renal disappointment": "renal failure",
    "heart disappointment": "heart failure",
    "cardiac disappointment": "heart failure",
    "cardiovascular breakdown": "heart failure",
    "liver disappointment": "liver failure",
    "hepatic disappointment": "liver failure",
    "respiratory disappointment": "respiratory failure",
    "organ disappointment": "organ failure",
    "treatment disappointment": "treatment failure",
    "intense respiratory misery": "acute respiratory distress",
    "intense respiratory disorder": "acute respiratory syndrome",
    "intense kidney injury": "acute kidney injury",
    "lactose bigotry": "lactose intolerance",
    "lactose prejudice": "lactose intolerance",
    "gluten bigotry": "gluten intolerance",
    "glucose bigotry": "glucose intolerance",
    "glucose prejudice": "glucose intolerance",
    "insulin obstruction": "insulin resistance",
    "insulin opposition": "insulin resistance",
    "anti-toxin opposition": "antibiotic resistance",
    "anti-infection obstruction": "antibiotic resistance",
    "invulnerable framework": "immune system",
    "insusceptible framework": "immune system",
    "resistant framework": "immune system",
    "invulnerable reaction": "immune response",
    "insusceptible reaction": "immune response",
    "focal sensory system": "central nervous system",
    "focal apprehensive framework": "central nervous system",
    "fringe sensory system": "peripheral nervous system",
    "apprehensive framework": "nervous system",
    "stomach related framework": "digestive system",
    "circulatory framework": "circulatory system",
    "conceptive framework": "reproductive system",
    "attractive reverberation imaging": "magnetic resonance imaging",
    "attractive resonance imaging": "magnetic resonance imaging",
    "figured tomography": "computed tomography",
    "processed tomography": "computed tomography",
    "registered tomography": "computed tomography",
    "x-beam": "X-ray",
    "white platelet": "white blood cell",
    "red platelet": "red blood cell",
    "undifferentiated organism": "stem cell",
    "circulatory strain": "blood pressure",
    "hypertension pulse": "high blood pressure",
    "weight file": "body mass index",
    "weight record": "body mass index",
    "parkinson's ailment": "Parkinson's disease",
    "parkinson's infection": "Parkinson's disease",
    "parkinson's malady": "Parkinson's disease",
    "alzheimer's ailment": "Alzheimer's disease",
    "alzheimer's infection": "Alzheimer's disease",
    "alzheimer's malady": "Alzheimer's disease",
    "crohn's sickness": "Crohn's disease",
    "crohn's infection": "Crohn's disease",
    "coronary supply route": "coronary artery",
    "coronary vein infection": "coronary artery disease",
    "diabetes mellitus sickness": "diabetes",
    "diabetic eye infection": "diabetic eye disease",
    "fringe neuropathy": "peripheral neuropathy",
    "unfavorably susceptible response": "allergic reaction",
    "unfavorably susceptible reaction": "allergic reaction",
    "hypersensitive stun": "anaphylactic shock",
    "septic stun": "septic shock",
    "circulatory system contamination": "bloodstream infection",
    "urinary plot": "urinary tract",
    "gastrointestinal lot": "gastrointestinal tract",
    "respiratory parcel": "respiratory tract",
    "respiratory lot": "respiratory tract",
    "birth imperfection": "birth defect",
    "untimely birth rate": "premature birth rate",
    "bosom taking care of": "breastfeeding",
    "bosom encouraging": "breastfeeding",
    "clinical preliminary": "clinical trial",
    "randomized controlled preliminary": "randomised controlled trial",
    "randomised controlled preliminary": "randomised controlled trial",
    "twofold visually impaired": "double-blind",
    "twofold blinded preliminary": "double-blind trial",
    "fake treatment controlled": "placebo-controlled",
    "fake treatment gathering": "placebo group",
    "benchmark group bunch": "control group",
    "certainty span": "confidence interval",
    "measurable importance": "statistical significance",
    "factually critical": "statistically significant",
    "arbitrary example": "random sample",
    "irregular esteem": "random value",
    "chances proportion": "odds ratio",
    "peril proportion": "hazard ratio",
    "counterfeit consciousness": "artificial intelligence",
    "man-made consciousness": "artificial intelligence",
    "counterfeit neural organization": "artificial neural network",
    "profound neural organization": "deep neural network",
    "profound learning": "deep learning",
    "colossal information": "big data",
    "flag to commotion": "signal to noise",
    "arbitrary woodland": "random forest",
}


def _check(view: View) -> Iterator[Hit]:
    everything = view.lower.replace("’", "'")
    here = [phrase for phrase in MEANT if phrase in everything]
    if not here:
        return
    pattern = re.compile("|".join(rf"\b({phrase})s?\b" for phrase in sorted(here, key=len, reverse=True)))
    for text, line in view.texts:
        for match in pattern.finditer(text.lower().replace("’", "'")):
            meant = MEANT[match.group(match.lastindex or 0)]
            yield hit_in(
                text,
                line,
                match,
                f"'{match.group()}' looks like '{meant}' put through a machine. A clinician must say what was"
                " meant.",
            )


RULE = Rule(
    Card(
        "tortured-phrase",
        Severity.A,
        "A known term is replaced word by word",
        "Software that hides copying writes so. Nobody who knew the subject read the text, and its facts may have been"
        " changed as its words were.",
        "Find out where the text comes from. Write the usual term, and have all of the text checked against sources.",
    ),
    wrong="People with kidney disappointment need dialysis.",
    right="People with kidney failure need dialysis.",
    check=_check,
    reads=("en",),
)
