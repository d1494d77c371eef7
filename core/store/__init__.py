"""The database behind `core.ports.store`: SQLModel lives here and nowhere else."""
