import { describe, expect, test } from 'vitest';
import { showCommand } from '../../src/render/show-command.ts';

describe('the command that shows a place', () => {
  test.each([
    ['config_dump.json', "jq '.a' config_dump.json"],
    ['my dumps/config_dump', "jq '.a' 'my dumps/config_dump'"],
    ['config_dump?include_eds', "jq '.a' 'config_dump?include_eds'"],
    ['bug-report.tar.gz!web/config_dump', "jq '.a' 'bug-report.tar.gz!web/config_dump'"],
    ['http://127.0.0.1:15000/config_dump?include_eds', "curl -s 'http://127.0.0.1:15000/config_dump?include_eds' | jq '.a'"],
    ['unix:/run/admin.sock/config_dump?include_eds', "curl -s --unix-socket /run/admin.sock 'http://localhost/config_dump?include_eds' | jq '.a'"],
    ['web-1.shop/config_dump?include_eds', "pc capture web-1.shop -o web-1 && jq '.a' web-1/shop/web-1/config_dump.json"],
  ])('of %s', (document, command) => {
    expect(showCommand('.a', document)).toBe(command);
  });
});
