// A query as others would send it: as an address, from a terminal, from Python. No page is needed here.

/** The fields of a query as the endpoint takes them; what is empty is left out. */
export function fieldsOf({ query, perspective, format }) {
  return Object.entries({ query, perspective, format }).filter(([, value]) => value);
}

/** The address of a query at an endpoint. */
export function addressOf(endpoint, asked) {
  return `${endpoint}?${new URLSearchParams(fieldsOf(asked))}`;
}

/** The command that asks from a terminal. */
export function curl(endpoint, asked) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const fields = fieldsOf(asked).map((field) => `--data-urlencode ${quoted(field.join("="))}`);
  return ["curl", quoted(endpoint), "-H 'Accept: text/csv'", ...fields].join(" \\\n  ");
}

/** The lines that ask from Python, with the client of this project. */
export function python(endpoint, { query, perspective }) {
  const server = endpoint.replace(/\/sparql$/, "");
  const text = query.replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"').trimEnd();
  const through = perspective ? `, perspective=${JSON.stringify(perspective)}` : "";
  return [
    "from kb.client import Client",
    "",
    `QUERY = """\\\n${text}\n"""`,
    "",
    `with Client(${JSON.stringify(server)}) as server:`,
    `    for row in server.query(QUERY${through}):`,
    "        print(dict(row))",
    "",
  ].join("\n");
}
