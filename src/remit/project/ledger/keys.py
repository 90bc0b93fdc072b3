"""The key of the seals: ``REMIT_SEAL_KEY``, else the file ``.remit/seal.key``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from remit.errors import Location, UsageError
from remit.ledger import SealAlgorithm, SealKey, SealKeys, key_text, read_keys

if TYPE_CHECKING:
    from remit.project.folder import Project

__all__ = ["SEAL_SETTING", "key_path", "sealing_key", "verifying_keys"]

SEAL_SETTING = "REMIT_SEAL_KEY"


def key_path(project: Project) -> Path:
    """Where the key is kept."""
    return project.state / "seal.key"


def sealing_key(project: Project) -> SealKey:
    """The key that seals; made at its first use where none is given.

    Raises:
        UsageError: what is given is no key, or one that only verifies.
        FileUnreadable: the file can't be made or read.
    """
    from remit.files.atomic import make_own_folder
    from remit.files.ledger.seal_key import keep_key

    given = project.ambient.setting(SEAL_SETTING)
    path = key_path(project)
    if given:
        keys = read_keys(given, where=SEAL_SETTING)
    else:
        if not path.exists():
            _require_unsealed(project, path)
        make_own_folder(project.state)
        salt = project.ambient.salt
        keys = read_keys(keep_key(path, lambda: key_text(SealAlgorithm.HMAC_SHA256, salt() + salt())), where=str(path))
    if keys.sealing is None:
        raise UsageError(
            "this key only verifies",
            expected="hmac-sha256: or ed25519: and 64 hexadecimal digits",
            found="a public key",
            mend="seal where the secret half is",
        )
    return keys.sealing


def _require_unsealed(project: Project, path: Path) -> None:
    """Refuse a new key for a record that another one sealed: with it the old seals would look forged.

    Raises:
        UsageError: there is a seal already.
    """
    from remit.store.ledger_entries import chains
    from remit.store.operations.seals import last_seal

    for work in chains(project.store):
        seal = last_seal(project.store, work)
        if seal is not None:
            raise UsageError(
                "this record is sealed by a key that is not here",
                where=Location(file=str(path)),
                expected=f"the key {seal.key_id}",
                found="no key",
                mend="bring the file back from where keys are kept; where it is lost, a line "
                "`hmac-sha256:` and 64 hexadecimal digits in it begins with a new one",
            )


def verifying_keys(project: Project, file: Path | None) -> SealKeys | None:
    """The keys that seals are verified with: of ``file``, else those that seal. None where there is none yet.

    Raises:
        UsageError: what is given is no key.
        FileUnreadable: the file can't be read.
    """
    from remit.files.ledger.seal_key import read_key_file

    if file is not None:
        return read_keys(read_key_file(file) or "", where=str(file))
    given = project.ambient.setting(SEAL_SETTING)
    if given:
        return read_keys(given, where=SEAL_SETTING)
    path = key_path(project)
    text = read_key_file(path)
    return None if text is None else read_keys(text, where=str(path))
