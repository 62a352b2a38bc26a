"""What the tables have in common: where they are registered, and the types of their columns."""

from sqlalchemy import JSON, BigInteger, Integer, MetaData

ID = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER numbers itself on SQLite
JSON_VALUE = JSON(none_as_null=True)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
