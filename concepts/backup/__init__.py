"""Everything that people made in a workspace, as one file with a digest of each part, and back into an empty place."""

from concepts.backup.contents import BackupSummary
from concepts.backup.restoring import restore_backup
from concepts.backup.writing import write_backup

__all__ = ["BackupSummary", "restore_backup", "write_backup"]
