import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { readToken } from '../api/credentials.ts';
import type { ProductDocument } from '../api/documents.ts';
import { meshQuery, whoQuery } from '../api/queries.ts';
import { Code } from '../base/parts.tsx';
import { Loaded } from '../base/states.tsx';
import { FreshToken } from './fresh-token.tsx';
import { snippetsOf } from './snippets.ts';

export function UseView({ product }: { readonly product: ProductDocument }) {
  const query = useQuery(meshQuery());
  const { data: who } = useQuery(whoQuery());
  const [fresh, setFresh] = useState<{ readonly text: string; readonly holder: string }>();
  // What runs the platform is not for scripts: it may do everything.
  const own = who === undefined || who.kind === 'operator' ? null : readToken();
  return (
    <Loaded query={query}>
      {(mesh) => {
        const token = fresh?.text ?? own;
        const holder = fresh?.holder ?? who?.principal;
        const user = holder?.replace(/^(user|operator):/, '');
        const snippets = snippetsOf(product, { origin: window.location.origin, mesh, token, user });
        return (
          <div className="stack">
            <FreshToken holder={fresh?.holder} onToken={setFresh} />
            <div className="snippets">
              {snippets.map(({ tool, port, text, about }) => (
                <section key={tool} className="card stack" aria-label={tool}>
                  <div className="row spread">
                    <h2>{tool}</h2>
                    <span className="soft small">port {port}</span>
                  </div>
                  <Code text={text} label={`${tool} snippet`} />
                  {about && <p className="soft small">{about}</p>}
                </section>
              ))}
              <Descriptions product={product} />
            </div>
          </div>
        );
      }}
    </Loaded>
  );
}

function Descriptions({ product }: { readonly product: ProductDocument }) {
  const { schema, openapi } = product._links;
  return (
    <section className="card stack" aria-label="Descriptions for programs">
      <h2>For programs</h2>
      <div className="row">
        <a href={schema.href}>JSON Schema</a>
        {openapi && <a href={openapi.href}>OpenAPI</a>}
      </div>
      <p className="soft small">
        Every answer says the position that it was given at; ?at= reads at an earlier one, or at a time.
      </p>
    </section>
  );
}
