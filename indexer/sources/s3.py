"""Files in S3: what `remote` needs to know of it. The library s3fs comes with `indexer[s3]`.

Credentials, region and endpoint are found as all of AWS's tools find them: environment, ~/.aws, the machine's role;
`FSSPEC_S3_ANON=true` reads a public bucket without any.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from indexer.model.errors import ConfigError, PermanentError, TransientError
from indexer.sources.remote_file import Remote, is_wanted

BLOCK = 4 << 20  # bytes that are asked for at once


def check(url: str) -> None:
    """Raises ConfigError for a URL without a bucket, or with credentials in it, and where the library is not there."""
    if "@" in url.partition("//")[2].partition("/")[0]:
        raise ConfigError(
            "an s3 URL holds credentials", advice="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use ~/.aws."
        )
    _files()


def look(url: str, _ca_file: str | None) -> Remote:
    """The file with its size and mark. Raises TargetError."""
    with _told():
        return _remote(_files().info(_key(url)))


def walk(folder: str, _ca_file: str | None, depth: int) -> Iterator[tuple[str, Remote]]:
    """Each file in the folder and below, `depth` folders deep, with its path from there, sorted. Raises TargetError."""
    base = _key(folder)
    with _told():
        found = _files().find(base, detail=True, maxdepth=depth)
    for key, info in sorted(found.items(), key=lambda each: str(each[0]).split("/")):
        path = key[len(base) :]
        if all(is_wanted(part) for part in path.split("/")):
            yield path, _remote(info)


def stream(file: Remote, at: int) -> Iterator[bytes]:
    """The bytes of the file from `at` on. Raises TargetError: PermanentError where it is not the file any more that it
    was when it was looked at.
    """
    with _told(), _files().open(_key(file.url), "rb", block_size=BLOCK, cache_type="none") as opened:
        if at and opened.details.get("ETag") != file.mark:
            raise PermanentError("was written anew while it was read")
        opened.seek(at)
        while chunk := opened.read(BLOCK):
            yield chunk


def _files() -> Any:
    try:
        import s3fs
    except ImportError:
        raise ConfigError("s3 URLs need a library that is not installed", advice="pip install 'indexer[s3]'") from None
    return s3fs.S3FileSystem(use_listings_cache=False)


def _key(url: str) -> str:
    return url.removeprefix("s3://")


def _remote(info: Mapping[str, Any]) -> Remote:
    url = f"s3://{info['name']}"
    if info.get("type") == "directory":
        raise PermanentError("is a folder", advice="A folder's URL ends in a slash.")
    return Remote(url, info.get("size"), str(info.get("ETag") or info.get("LastModified") or ""))


@contextmanager
def _told() -> Iterator[None]:
    """What the library raises, in our families."""
    import aiohttp
    from botocore.exceptions import BotoCoreError, NoCredentialsError, PartialCredentialsError, ProfileNotFound
    from s3fs.core import FileExpired

    try:
        yield
    except FileExpired:
        raise PermanentError("was written anew while it was read") from None
    except FileNotFoundError:
        raise PermanentError("there is no such file, folder or bucket", advice="Check the URL.") from None
    except (NoCredentialsError, PartialCredentialsError, ProfileNotFound, PermissionError) as error:
        raise PermanentError(
            f"not allowed ({type(error).__name__})",
            advice="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; for a public bucket "
            "FSSPEC_S3_ANON=true.",
        ) from None
    except (OSError, BotoCoreError, aiohttp.ClientError) as error:
        raise TransientError(f"S3 does not answer well ({getattr(error, 'strerror', None) or error})") from None
