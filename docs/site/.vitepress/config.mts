import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'

const docs = fileURLToPath(new URL('../..', import.meta.url))

/** The pages of a folder by their own headings, so that a page that is added is listed. */
const pagesOf = (folder: string): { text: string; link: string }[] =>
  readdirSync(join(docs, folder))
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .toSorted()
    .map((name) => ({
      text: /^# (.*)$/m.exec(readFileSync(join(docs, folder, name), 'utf8'))?.[1]?.replaceAll('`', '') ?? name,
      link: join('/', folder, name.replace(/\.md$/, '')),
    }))

export default defineConfig({
  title: 'kindup',
  description: 'One file to a working local Kubernetes environment, and away again without a trace',
  srcDir: '.pages',
  outDir: './dist',
  rewrites: { 'decisions/README.md': 'decisions/index.md' },
  // Of the repository, and not of the site. That they are there is held by test/unit/house/links.test.ts.
  ignoreDeadLinks: [
    /^(?:\.\/)?(?:\.\.\/)+(?:README|docs|SECURITY|CONTRIBUTING|CHANGELOG|action|templates|examples|test|scripts|core|cluster|config|services|manifests|addons|app|hosts|trust|gitops)\b/,
  ],
  // Braces are text: the pages speak of `{{ }}`.
  vue: { template: { compilerOptions: { delimiters: ['[[[[', ']]]]'] } } },
  markdown: {
    // The anchors of GitHub: pages are read there too.
    anchor: {
      slugify: (text) =>
        text
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
          .replaceAll(' ', '-'),
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Five minutes', link: '/first-five-minutes' },
      { text: 'The file', link: '/reference/configuration' },
      { text: 'Commands', link: '/reference/commands' },
      { text: 'Troubleshooting', link: '/reference/troubleshooting' },
    ],
    sidebar: [
      {
        text: 'Begin',
        items: [
          { text: 'First five minutes', link: '/first-five-minutes' },
          { text: 'What others do better, and what not', link: '/comparison' },
          { text: 'How it is built', link: '/architecture' },
        ],
      },
      { text: 'How to', items: pagesOf('how-to') },
      { text: 'Reference', items: pagesOf('reference') },
      { text: 'Decisions', collapsed: true, items: pagesOf('decisions') },
      {
        text: 'How it was tried',
        collapsed: true,
        items: pagesOf('.').filter(({ link }) => !/first-five|comparison|architecture|index/.test(link)),
      },
    ],
  },
})
