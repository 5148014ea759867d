"""A Hugging Face Hub on this machine: repositories with commits, over real HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self
from urllib.parse import unquote

import pytest
from huggingface_hub import constants

TOKEN = "hf_may_read_and_write"
Files = dict[str, bytes]


class Hub:
    """Serves while it is entered.

    Attributes:
        commits: the files of each commit, by its hash.
        names: hashes by (repository, branch or tag); a Space's repository starts with "spaces/".
        space_sdks: what runs each Space, by its repository.
        url, cdn_url: where it is, and where its large files are.
        private: repositories that want `TOKEN` from who reads.
        asked: what was asked for, such as "HEAD /org/name/resolve/main/config.json".
        spoiled: file contents that are sent instead of the right ones, by the names of the files.
        broken: whether every answer is that the Hub is not well.
    """

    def __init__(self) -> None:
        self.commits: dict[str, Files] = {}
        self.names: dict[tuple[str, str], str] = {}
        self.space_sdks: dict[str, str] = {}
        self.private: set[str] = set()
        self.asked: list[str] = []
        self.spoiled: Files = {}
        self.broken = False
        hub = self

        class Handler(_Handler):
            store = hub

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        # Another host to who asks, as it is for the real one's large files.
        self.cdn_url = self.url.replace("127.0.0.1", "localhost")

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """From now on nobody is at home."""
        self._server.shutdown()
        self._server.server_close()

    def lead_here(self, patch: pytest.MonkeyPatch, home: Path) -> None:
        """Make this process ask here, and keep in `home` what it fetches."""
        patch.setattr(constants, "ENDPOINT", self.url)
        template = self.url + "/{repo_id}/resolve/{revision}/{filename}"
        patch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        patch.setattr(constants, "HF_HUB_CACHE", str(home / "hub"))
        patch.setattr(constants, "HF_TOKEN_PATH", str(home / "token"))
        patch.setattr(constants, "AGENT_HARNESSES_PATH", str(home / "agents.json"))
        patch.delenv("HF_TOKEN", raising=False)

    def publish(self, repository: str, files: Files, *, name: str = "main") -> str:
        """Commit `files` over what is there; gives the commit's hash."""
        files = {**self.commits.get(self.names.get((repository, name), ""), {}), **files}
        return self.keep(repository, files, name=name)

    def keep(self, repository: str, files: Files, *, name: str) -> str:
        """Commit `files` and no others; gives the commit's hash."""
        kept = json.dumps([repository, {path: _sha256(each) for path, each in files.items()}])
        commit = hashlib.sha1(kept.encode()).hexdigest()
        self.commits[commit] = files
        self.names[repository, name] = commit
        return commit

    def publish_folder(self, repository: str, folder: Path, *, name: str = "main") -> str:
        """Commit all files of a folder."""
        return self.publish(repository, files_of(folder), name=name)


def files_of(folder: Path) -> Files:
    """The content of all files in a folder, by their paths in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _repository(parts: list[str]) -> str:
    """The repository of an address such as /api/models/org/name/commit/main."""
    prefix = "spaces/" if parts[1] == "spaces" else ""
    return prefix + "/".join(parts[2:4])


class _Refusal(Exception):
    """An answer that says no."""

    def __init__(self, status: int, code: str = "") -> None:
        self.status, self.code = status, code


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store: Hub

    def log_message(self, *_: Any) -> None:
        """Not on the tests' screen."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.store.asked.append(f"{self.command} {self.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = [unquote(part) for part in self.path.partition("?")[0].split("/")[1:]]
        try:
            if self.store.broken:
                raise _Refusal(503)
            if self.command == "POST":
                self._post(parts, body)
            elif parts[0] == "cdn":
                self._send(200, self._blob(parts[1]))
            elif parts[:1] == ["api"] and parts[4:5] == ["tree"]:
                self._send_json(self._tree(_repository(parts), parts[5]))
            elif parts[:1] == ["api"]:
                self._send_json(self._info(_repository(parts), (*parts[5:], "main")[0]))
            elif parts[2:3] == ["resolve"]:
                self._resolve("/".join(parts[:2]), parts[3], "/".join(parts[4:]))
            else:
                raise _Refusal(404)
        except _Refusal as no:
            self._send(no.status, b"{}", {"X-Error-Code": no.code} if no.code else {})

    def _commit(self, repository: str, revision: str) -> str:
        known = {commit for (name, _), commit in self.store.names.items() if name == repository}
        hidden = repository in self.store.private and not self._has_token()
        if not known or hidden:
            raise _Refusal(401, "RepoNotFound")
        commit = self.store.names.get((repository, revision), revision)
        if commit not in self.store.commits:
            raise _Refusal(404, "RevisionNotFound")
        return commit

    def _info(self, repository: str, revision: str) -> Any:
        commit = self._commit(repository, revision)
        siblings = [{"rfilename": name} for name in self.store.commits[commit]]
        return {"id": repository, "sha": commit, "siblings": siblings, "tags": [], "downloads": 0}

    def _tree(self, repository: str, revision: str) -> Any:
        files = self.store.commits[self._commit(repository, revision)].items()
        return [
            {"type": "file", "path": path, "size": len(each), "oid": _sha256(each)}
            for path, each in files
        ]

    def _resolve(self, repository: str, revision: str, name: str) -> None:
        commit = self._commit(repository, revision)
        facts = {"X-Repo-Commit": commit}
        content = self.store.commits[commit].get(name)
        if content is None:
            raise _Refusal(404, "EntryNotFound")
        if name.endswith(".safetensors"):  # large files come from elsewhere, named by their hash
            facts["X-Linked-Etag"], facts["X-Linked-Size"] = _sha256(content), str(len(content))
            facts["Location"] = f"{self.store.cdn_url}/cdn/{_sha256(content)}"
            self._send(302, b"", facts)
        else:
            sent = self.store.spoiled.get(name, content) if self.command == "GET" else content
            etag = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            self._send(200, sent, {**facts, "ETag": f'"{etag}"'})

    def _blob(self, sha256: str) -> bytes:
        everything = [file for files in self.store.commits.values() for file in files.items()]
        found = {name: content for name, content in everything if _sha256(content) == sha256}
        if not found:
            raise _Refusal(404)
        spoiled = [self.store.spoiled[name] for name in found if name in self.store.spoiled]
        return (*spoiled, *found.values())[0]

    def _post(self, parts: list[str], body: bytes) -> None:
        if parts == ["api", "validate-yaml"]:
            self._send_json({"errors": [], "warnings": []})
            return
        if not self._has_token():
            raise _Refusal(401)
        if parts == ["api", "repos", "create"]:
            self._create(json.loads(body))
            return
        repository, task, revision = _repository(parts), parts[4], parts[5]
        commit = self._commit(repository, revision)
        if task == "preupload":
            names = [file["path"] for file in json.loads(body)["files"]]
            modes = [{"path": n, "uploadMode": "regular", "shouldIgnore": False} for n in names]
            self._send_json({"files": modes})
        elif task == "commit":
            lines = [json.loads(line) for line in body.splitlines()]
            added = [line["value"] for line in lines if line["key"] == "file"]
            gone = {line["value"]["path"] for line in lines if line["key"] == "deletedFile"}
            kept = {
                path: each for path, each in self.store.commits[commit].items() if path not in gone
            }
            files = {each["path"]: base64.b64decode(each["content"]) for each in added}
            oid = self.store.keep(repository, {**kept, **files}, name=revision)
            address = f"{self.store.url}/{repository}/commit/{oid}"
            self._send_json({"success": True, "commitUrl": address, "commitOid": oid})
        elif (repository, tag := json.loads(body)["tag"]) in self.store.names:
            raise _Refusal(409)
        else:
            self.store.names[repository, tag] = commit
            self._send_json({})

    def _create(self, wanted: Any) -> None:
        repository = f"{wanted['organization']}/{wanted['name']}"
        if wanted.get("type") == "space":
            repository = f"spaces/{repository}"
        address = {"url": f"{self.store.url}/{repository}"}
        if (repository, "main") in self.store.names:
            self._send_json(address, 409)
            return
        self.store.publish(repository, {".gitattributes": b"*.safetensors filter=lfs\n"})
        if wanted.get("type") == "space":
            self.store.space_sdks[repository] = wanted["sdk"]
        if wanted.get("visibility") == "private":
            self.store.private.add(repository)
        self._send_json(address)

    def _has_token(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def _send_json(self, values: Any, status: int = 200) -> None:
        self._send(status, json.dumps(values).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, facts: dict[str, str] | None = None) -> None:
        self.send_response(status)
        # One answer a connection: who is closed does not go on with those that are open.
        always = {"Content-Length": str(len(body)), "Connection": "close"}
        for name, value in {**(facts or {}), **always}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
