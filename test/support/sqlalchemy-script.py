"""What SQLAlchemy finds out about a schema, and a query that it writes over what it found, as JSON."""
import json
import sys

import sqlalchemy

engine = sqlalchemy.create_engine(sys.argv[1].replace("postgres://", "postgresql+psycopg://"))
found = sqlalchemy.MetaData()
found.reflect(engine, schema=sys.argv[2])
orders, customers = found.tables["shop.orders"], found.tables["shop.customers"]
query = (
    sqlalchemy.select(customers.c.name, sqlalchemy.func.count())
    .join(orders)
    .where(orders.c.id.in_([1, 2, 51]), orders.c.amount > 1)
    .group_by(customers.c.name)
    .order_by(customers.c.name)
)
with engine.connect() as connection:
    rows = [list(row) for row in connection.execute(query)]
tables = {
    name: {
        "columns": [[column.name, str(column.type), column.nullable, column.comment] for column in table.columns],
        "key": [column.name for column in table.primary_key],
        "references": [key.target_fullname for key in table.foreign_keys],
        "comment": table.comment,
    }
    for name, table in found.tables.items()
}
print(json.dumps({"tables": tables, "rows": rows}))
