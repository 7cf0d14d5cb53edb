"""What a password may not be (S-13; NIST SP 800-63B 3.1.1): short, common, or like the name. Anything else may."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from pipeline.core.errors import BadInput

LONGEST = 1000  # characters: what the sign-in page reads


def check_new_password(password: str, name: str, address: str = "") -> None:
    """Raises BadInput with a sentence for each thing that is wrong with it."""
    if len(password) > LONGEST:
        raise BadInput(
            f"This password has more than {LONGEST} characters. Choose another password.", field="new"
        )
    try:
        validate_password(password, get_user_model()(username=name, email=address))
    except ValidationError as error:
        raise BadInput(f"{' '.join(error.messages)} Choose another password.", field="new") from error
