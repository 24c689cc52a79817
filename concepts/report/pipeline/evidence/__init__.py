"""Stage "evidence": whether the model leans on something added, tested and proved on photos of other classes."""
