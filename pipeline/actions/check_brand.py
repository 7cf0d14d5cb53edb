"""What is wrong with a brand file: its form, its contrasts, its logo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.core.errors import BadInput
from pipeline.core.message.brand_file import BrandFile, poor_contrast, read
from pipeline.gateways.files import read_source
from pipeline.gateways.pictures import read_picture
from pipeline.settings import current


@dataclass(frozen=True, slots=True)
class CheckedBrand:
    """`place` is None where there is no file and the brand is ours. `faults` are sentences."""

    place: Path | None
    brand: BrandFile
    faults: tuple[str, ...]


def check_brand(path: Path | None = None) -> CheckedBrand:
    """Check the file at `path`, or the one in use. NotFound where `path` is no file; a file out of form is a fault."""
    settings = current()
    place = path or settings.brand_file
    if place is None:
        return CheckedBrand(None, settings.brand, ())
    source = read_source(place)
    try:
        brand = read(str(place), source)
    except BadInput as error:
        return CheckedBrand(place, settings.brand, (str(error),))
    faults = [f"{place}: {fault}" for fault in poor_contrast(brand)]
    if brand.logo:
        try:
            read_picture(settings.content_dir, brand.logo.name)
        except BadInput as error:
            faults.append(f"{place}: The logo cannot be used. {error}")
    return CheckedBrand(place, brand, tuple(faults))
