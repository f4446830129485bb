#!/usr/bin/env node
// Node from 22.1 on keeps what it has compiled.
require('node:module').enableCompileCache?.();
// A command is over before a compiler that puts functions into functions has paid for itself.
require('node:v8').setFlagsFromString('--max-inlined-bytecode-size-cumulative=200');
require('../dist/cli/main.js');
