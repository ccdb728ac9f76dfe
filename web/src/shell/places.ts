/** The places of the pages, in the order in which they are offered. */
export const PLACES = [
  { href: '/', label: 'Find', about: 'All products' },
  { href: '/lineage', label: 'Lineage', about: 'What is made of what' },
  { href: '/explore', label: 'Explore', about: 'Ask in SQL' },
  { href: '/quality', label: 'Quality', about: 'Promises, checks, gates and incidents' },
  { href: '/operate', label: 'Operate', about: 'What runs, and what needs a hand' },
  { href: '/access', label: 'Access', about: 'Requests and agreements' },
] as const;
