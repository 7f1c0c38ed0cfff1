// console/src/main.tsx: starts the page.
import { render } from 'preact'
import * as z from 'zod'
import { App } from './app.tsx'

z.config({ jitless: true }) // the page's policy forbids code that is made of text

const place = document.getElementById('console')
if (place) render(<App />, place)
