"""The schema's versions, by alembic. Imported late: alembic takes half a second to load."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, in the transaction of `connection`."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def is_behind(connection: Connection) -> bool:
    """Whether the schema is older than this code. One that is newer serves old code too."""
    scripts = ScriptDirectory.from_config(_config())
    older = {script.revision for script in scripts.walk_revisions()}
    older -= set(scripts.get_heads())
    current = MigrationContext.configure(connection).get_current_revision()
    return current is None or current in older


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
