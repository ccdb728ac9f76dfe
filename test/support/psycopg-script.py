"""Statements as JSON on standard input; the texts of their rows, as the server sent them, as JSON on standard output."""
import json
import sys

import psycopg

with psycopg.connect(sys.argv[1]) as connection:
    answers = []
    for statement in json.load(sys.stdin):
        result = connection.execute(statement).pgresult
        cells = [[result.get_value(row, column) for column in range(result.nfields)] for row in range(result.ntuples)]
        answers.append([["" if cell is None else cell.decode() for cell in row] for row in cells])
    print(json.dumps(answers))
