"""The queue: procrastinate's tables and functions, in a PostgreSQL schema of their own."""

from importlib import resources

from alembic import op

revision = "0002"
down_revision = "0001"

# Its functions name their tables without a schema. With a search path of their own they work
# from any connection: a job is deferred in the middle of our transaction and leaves no trace.
_PIN_SEARCH_PATH = """
DO $$
DECLARE
    found regprocedure;
BEGIN
    FOR found IN
        SELECT oid FROM pg_proc WHERE pronamespace = 'procrastinate'::regnamespace
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = procrastinate, pg_temp', found);
    END LOOP;
END;
$$
"""


def upgrade() -> None:
    """Make the queue."""
    schema = resources.files("procrastinate.sql").joinpath("schema.sql").read_text("utf-8")
    op.execute("CREATE SCHEMA procrastinate")
    op.execute("SET LOCAL search_path = procrastinate")
    op.get_bind().exec_driver_sql(schema.replace("%", "%%"))
    op.execute("SET LOCAL search_path = DEFAULT")
    op.execute(_PIN_SEARCH_PATH)


def downgrade() -> None:
    """Drop the queue with all jobs in it."""
    op.execute("DROP SCHEMA procrastinate CASCADE")
