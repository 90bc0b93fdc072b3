"""Evidence kept up to date, and levels that fall by themselves."""

from remit.runtime.watching.advance import Change, ChangeKind, Watching, advance, evidence_now, rebuild
from remit.runtime.watching.share import audit_share_now

__all__ = ["Change", "ChangeKind", "Watching", "advance", "audit_share_now", "evidence_now", "rebuild"]
