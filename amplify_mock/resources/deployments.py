"""What CreateDeployment opens: a place to upload to, until StartDeployment."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

#: "The maximum duration between the CreateDeployment call and the StartDeployment call cannot exceed 8 hours."
MAXIMUM_WAIT = datetime.timedelta(hours=8)

ZIP = "artifacts.zip"


@dataclass(slots=True, eq=False)
class Deployment:
    """An opened manual deployment.

    Args:
        deadline: the moment until which it must be started.
        file_map: MD5 sums in hex by file name, as given to CreateDeployment; None when a zip is awaited.
        uploads: what was PUT, by file name.
    """

    deadline: datetime.datetime
    file_map: Mapping[str, str] | None
    uploads: dict[str, bytes] = field(default_factory=dict, repr=False)

    def keys(self, folder: str) -> dict[str, str]:
        """Return the objects in the bucket that are awaited, by file name, given the folder of the job."""
        names = {ZIP: ZIP} if self.file_map is None else {name: f"artifacts/{name}" for name in self.file_map}
        return {name: f"{folder}/DEPLOY/{path}" for name, path in names.items()}
