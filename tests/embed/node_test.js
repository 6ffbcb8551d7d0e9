// Calls the C interface from Node, through node_addon.c.
//
//   node node_test.js ADDON FOLDER STORE
'use strict';
const assert = require('assert');
const fs = require('fs');
const path = require('path');

const at = 1780272000; // the time of the sample
const [addon, folder, storeFolder] = process.argv.slice(2);
const revstat = require(path.resolve(addon));

assert.throws(() => revstat.open('/none/such', at), /\/none\/such/);
const store = revstat.open(storeFolder, at);
assert.throws(() => revstat.check(store, at, Buffer.from('30', 'hex')), /query 0/);
const rows = fs.readFileSync(path.join(folder, 'samples.txt'), 'utf8').trim().split('\n');
for (const row of rows) {
  const [file, , , status] = row.split(' ');
  assert.strictEqual(revstat.check(store, at, fs.readFileSync(path.join(folder, file))), status, row);
}
console.log(`${rows.length} answers`);
