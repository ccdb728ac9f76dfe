import { useQuery } from '@tanstack/react-query';
import { getJson } from '../api/client.ts';
import type { FieldProfile, ProductDocument, Profile } from '../api/documents.ts';
import { count, plural, share } from '../base/format.ts';
import { Tag } from '../base/parts.tsx';
import { ErrorNotice } from '../base/states.tsx';
import { Distribution } from './distribution.tsx';

type DatasetDocument = ProductDocument['datasets'][number];
type FieldDocument = DatasetDocument['fields'][number];

interface FieldsCardProps {
  readonly product: ProductDocument;
  readonly dataset: DatasetDocument;
}

export function FieldsCard({ product, dataset }: FieldsCardProps) {
  const path = `${product._links.profile.href}?dataset=${encodeURIComponent(dataset.name)}`;
  const { data: profile, error } = useQuery({
    queryKey: ['profile', path],
    queryFn: ({ signal }) => getJson<Profile>(path, signal),
    staleTime: 60_000,
    enabled: dataset.table !== null,
  });
  const isKey = (name: string) =>
    dataset.key === 'row' || (Array.isArray(dataset.key) && dataset.key.includes(name));
  return (
    <section className="card flush" aria-label={`Fields of ${dataset.name}`}>
      <div className="card-head row spread">
        <h2>{product.datasets.length > 1 ? dataset.name : 'Fields'}</h2>
        <span className="soft small numeric">
          {profile ? `${plural(profile.rows, 'row')} at position ${count(profile.position)}` : ' '}
        </span>
      </div>
      {error && <ErrorNotice error={error} />}
      <div className="table-frame">
        <table className="table fields">
          <thead>
            <tr>
              <th>Field</th>
              <th>Type</th>
              <th>Meaning</th>
              <th className="end">Null</th>
              <th className="end">Distinct</th>
              <th>Distribution</th>
            </tr>
          </thead>
          <tbody>
            {dataset.fields.map((field) => (
              <FieldRow
                key={field.name}
                field={field}
                isKey={dataset.key !== 'row' && isKey(field.name)}
                profile={profile}
                found={profile?.fields.find(({ name }) => name === field.name)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {dataset.key === 'row' && (
        <p className="soft small card-foot">
          The whole row is the key: rows that are equal in everything are one.
        </p>
      )}
    </section>
  );
}

interface FieldRowProps {
  readonly field: FieldDocument;
  readonly isKey: boolean;
  readonly profile: Profile | undefined;
  readonly found: FieldProfile | undefined;
}

function FieldRow({ field, isKey, profile, found }: FieldRowProps) {
  return (
    <tr id={`field-${field.name}`}>
      <td>
        <code className="field-name">{field.name}</code> {isKey && <Tag tone="accent">key</Tag>}{' '}
        {field.class?.map((name) => (
          <Tag key={name} tone="warn">
            {name}
          </Tag>
        ))}
      </td>
      <td className="nowrap">
        {field.type}
        {!field.required && <span className="soft"> or null</span>}
      </td>
      <td>
        {field.doc} {field.unit && <span className="soft">in {field.unit}</span>}
        {field.deprecated && <span className="warn-text"> deprecated: {field.deprecated}</span>}
        <Rules field={field} />
      </td>
      <td className="end">{found && profile ? nullText(found, profile) : ''}</td>
      <td className="end">
        {found?.distinct === null || found === undefined
          ? ''
          : `${profile?.exact ? '' : '≈ '}${count(found.distinct)}`}
      </td>
      <td>
        {found && profile ? <Distribution field={found} rows={profile.rows} /> : <span className="spark" />}
      </td>
    </tr>
  );
}

function nullText({ nulls }: FieldProfile, { rows }: Profile) {
  if (rows === 0) return '';
  return nulls === 0 ? <span className="soft">none</span> : share(nulls / rows);
}

function Rules({ field }: { readonly field: FieldDocument }) {
  const rules = [
    field.min !== undefined && `≥ ${field.min}`,
    field.max !== undefined && `≤ ${field.max}`,
    field.pattern,
    field.format,
    field.enum && `one of ${field.enum.join(', ')}`,
    field.meaning && `means ${field.meaning}`,
    field.origin && `as ${field.origin}`,
  ].filter((rule) => typeof rule === 'string');
  if (rules.length === 0) return null;
  return <div className="soft small mono rules">{rules.join(' · ')}</div>;
}
