#!/usr/bin/env node
/* The command `agentspec`. Old syntax on purpose: it has to parse on any Node, so that an old one can say so. */
'use strict'

var fs = require('fs')
var path = require('path')

var required = 24
var cli = path.join(__dirname, '..', 'dist', 'cli.mjs')

function refuse(code, message) {
  if (process.argv.indexOf('--json') !== -1) {
    process.stdout.write(JSON.stringify({ error: { code: code, message: message } }) + '\n')
  }
  process.stderr.write(message + '\n')
  process.exit(2)
}

if (Number(process.versions.node.split('.')[0]) < required) {
  refuse(
    'node_too_old',
    'agentspec needs Node ' +
      required +
      ' or newer; this is Node ' +
      process.versions.node +
      '. Install a newer one from https://nodejs.org and try again.',
  )
} else if (!fs.existsSync(cli)) {
  refuse(
    'not_built',
    'agentspec is not built: ' + cli + ' is missing. In a checkout, run "npm run build" first.',
  )
} else {
  enableCompileCache()
  require(cli).main()
}

/* Keeps compiled code between runs; an unwritable cache folder only costs time. */
function enableCompileCache() {
  try {
    require('module').enableCompileCache()
  } catch (error) {
    return error
  }
}
