#!/usr/bin/env node
// Node from 22.1 on keeps what it has compiled.
require('node:module').enableCompileCache?.();
require('../dist/cli/main.js');
