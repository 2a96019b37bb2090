"""An artifact: a file that the end-to-end tests of a job left behind."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from random import Random

#: What Cypress, the runner of Amplify's default test phase, leaves behind.
FILE_NAMES = ("cypress/screenshots/home.png", "cypress/videos/home.mp4")


@dataclass(frozen=True, slots=True)
class Artifact:
    """A test artifact of a job."""

    number: int
    artifact_id: str
    artifact_file_name: str

    @classmethod
    def of_tests(cls, random: Random) -> list[Artifact]:
        """Return what a test step leaves behind."""
        return [
            cls(number, str(uuid.UUID(int=random.getrandbits(128), version=4)), name)
            for number, name in enumerate(FILE_NAMES, 1)
        ]
