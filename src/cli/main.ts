process.stdout.write('pc\n');
