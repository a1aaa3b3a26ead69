"""A Solr configset that is not ours, as VuFind's is not."""

import io
import zipfile

import requests

from indexer.engines.solr.schema import MARK, configset
from indexer.model.schema import biblio
from indexer.model.targets import Target


def foreign_configset(leave_out: str = "nothing", major: int = 9) -> dict[str, str]:
    files = configset(biblio(), major, copy_fields=True)
    lines = files["schema.xml"].replace(MARK, "A schema of ours").splitlines()
    files["schema.xml"] = "\n".join(line for line in lines if f'name="{leave_out}"' not in line)
    return files


def upload(target: Target, files: dict[str, str]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    params = {"action": "UPLOAD", "name": target.index, "overwrite": "true"}
    url = f"{target.base}/admin/configs"
    requests.post(url, params=params, data=buffer.getvalue(), timeout=60).raise_for_status()
