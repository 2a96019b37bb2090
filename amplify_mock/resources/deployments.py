"""What CreateDeployment opens: a place to upload to, until StartDeployment."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from .ids import padded
from .presigning import Presigner

#: "The maximum duration between the CreateDeployment call and the StartDeployment call cannot exceed 8 hours."
MAXIMUM_WAIT = datetime.timedelta(hours=8)

ZIP = "artifacts.zip"


@dataclass(slots=True, eq=False)
class Deployment:
    """An opened manual deployment.

    Args:
        deadline: the moment until which it must be started.
        file_map: MD5 sums in hex by file name, as given to CreateDeployment; None when a zip is awaited.
        keys: the objects in the bucket, by file name.
        urls: where to PUT, by file name.
        uploads: what was PUT, by file name.
    """

    deadline: datetime.datetime
    file_map: Mapping[str, str] | None
    keys: Mapping[str, str] = field(repr=False)
    urls: Mapping[str, str] = field(repr=False)
    uploads: dict[str, bytes] = field(default_factory=dict, repr=False)

    @classmethod
    def opened(
        cls,
        *,
        region: str,
        app_id: str,
        branch_name: str,
        job_number: int,
        file_map: Mapping[str, str] | None,
        now: datetime.datetime,
        presigner: Presigner,
    ) -> Deployment:
        """Return a new deployment with a presigned URL for each file, or one for the zip."""
        folder = f"{app_id}/{branch_name}/{padded(job_number)}/DEPLOY/"
        names = {ZIP: ZIP} if not file_map else {name: f"artifacts/{name}" for name in file_map}
        keys = {name: folder + path for name, path in names.items()}
        urls = {name: presigner.url(region, key, MAXIMUM_WAIT, "PUT") for name, key in keys.items()}
        return cls(now + MAXIMUM_WAIT, file_map or None, keys, urls)

    @property
    def zip_upload_url(self) -> str | None:
        """Where to PUT the zip; None when single files are awaited."""
        return self.urls[ZIP] if self.file_map is None else None

    @property
    def file_upload_urls(self) -> Mapping[str, str]:
        """Where to PUT each file; empty when a zip is awaited."""
        return self.urls if self.file_map is not None else {}
