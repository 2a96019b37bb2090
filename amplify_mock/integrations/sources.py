"""Read the files of a deployment from S3, out of the buckets of moto's mock_aws while that is active."""

from __future__ import annotations

from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from amplify_mock.resources.contents import MOST_BYTES, Content, ContentError

from . import moto


def read(source_url: str, source_url_type: str | None, region: str) -> Content | None:
    """Return the files that a ``sourceUrl`` points to; None for one that is never fetched.

    Only ``s3://`` is read, and only inside moto's ``mock_aws``, so that no request leaves the process.

    Raises:
        ContentError: when there is no such object, or it is no zip.
    """
    if not source_url.startswith("s3://") or not moto.is_active():
        return None
    bucket, _, key = source_url.removeprefix("s3://").partition("/")
    try:
        client = _client(region)
        if source_url_type == "BUCKET_PREFIX":
            return _of_prefix(client, bucket, key)
        return Content.of_zip(client.get_object(Bucket=bucket, Key=key)["Body"].read())
    except ClientError as error:
        raise ContentError(f"{source_url} cannot be read: {error.response['Error']['Message']}") from None
    except BotoCoreError as error:
        raise ContentError(f"{source_url} cannot be read: {error}") from None


def _client(region: str) -> Any:
    # Of its own session: the default one belongs to the code under test.
    import boto3

    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name=region)  # noqa: S106
    # Whatever endpoint the environment has for S3 is none of moto's. (The stubs do not know that it can be ignored.)
    config = Config(ignore_configured_endpoint_urls=True)  # type: ignore[call-arg]
    return session.client("s3", config=config)


def _of_prefix(client: Any, bucket: str, prefix: str) -> Content:
    files: dict[str, bytes] = {}
    size = 0
    # A folder, and none beside it whose name only begins like this.
    prefix = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for each in page.get("Contents", ()):
            name = each["Key"].removeprefix(prefix).removeprefix("/")
            size += each["Size"]
            if size > MOST_BYTES:
                raise ContentError(f"s3://{bucket}/{prefix} holds more than {MOST_BYTES:,} bytes.")
            if name and not name.endswith("/"):
                files[name] = client.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
    if not files:
        raise ContentError(f"s3://{bucket}/{prefix} holds no files.")
    return Content.of_files(None, files)
