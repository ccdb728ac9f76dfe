import './styles/index.css';
import './styles/embed.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { askAsNobody } from './api/credentials.ts';
import { createQueryClient } from './api/query-client.ts';
import { EmbedPage } from './chart/embed-page.tsx';

askAsNobody();
const root = document.getElementById('root');
if (!root) throw new Error('The page has no element "root".');
const wanted = new URLSearchParams(window.location.search).get('scheme');
const scheme = wanted === 'light' || wanted === 'dark' ? wanted : undefined;
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
      {...(scheme ? { forceColorScheme: scheme } : {})}
    >
      <QueryClientProvider client={createQueryClient()}>
        <EmbedPage />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
