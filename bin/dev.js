#!/usr/bin/env -S node --import tsx
// Runs the sources without a build: `npm run dev -- all --verbose`.
import { execute } from '@oclif/core';

await execute({ development: true, dir: import.meta.url });
