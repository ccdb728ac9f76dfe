import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import { SignIn } from '../access/sign-in.tsx';
import { meshQuery } from '../api/queries.ts';
import mark from '../mark.svg';
import { openPalette, PaletteDoor } from './palette-door.tsx';
import { PLACES } from './places.ts';
import { SchemeButton } from './scheme-button.tsx';

export function Shell({ children }: { readonly children: ReactNode }) {
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(location);
  useEffect(() => {
    // A reader of the screen is told of the new page, and the keyboard goes on from it.
    if (shown.current.split('/').slice(0, 3).join('/') !== location.split('/').slice(0, 3).join('/')) {
      window.scrollTo(0, 0);
      main.current?.focus({ preventScroll: true });
    }
    shown.current = location;
  }, [location]);
  return (
    <>
      <a className="skip" href="#main">
        To the content
      </a>
      <Header location={location} />
      <main id="main" className="page" ref={main} tabIndex={-1}>
        {children}
      </main>
      <PaletteDoor />
    </>
  );
}

function Header({ location }: { readonly location: string }) {
  const { data: mesh } = useQuery(meshQuery());
  return (
    <header className="top">
      <div className="top-inner">
        <Link href="/" className="brand">
          <img src={mark} alt="" />
          Wharf
          <small>{mesh?.name}</small>
        </Link>
        <nav className="nav" aria-label="Pages">
          {PLACES.map(({ href, label }) => (
            <Link key={href} href={href} aria-current={isAt(location, href) ? 'page' : undefined}>
              {label}
            </Link>
          ))}
        </nav>
        <div className="top-end">
          <button type="button" className="seek" onClick={openPalette} aria-label="Search and commands">
            <span className="seek-words">Search and commands</span>
            <kbd>/</kbd>
          </button>
          <SignIn />
          <SchemeButton />
        </div>
      </div>
    </header>
  );
}

function isAt(location: string, href: string): boolean {
  if (href === '/') return location === '/' || location.startsWith('/p/');
  return location === href || location.startsWith(`${href}/`);
}
