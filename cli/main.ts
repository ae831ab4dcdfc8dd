#!/usr/bin/env node
import { Command } from 'commander';
import { verifyAuditCommand } from './verify-audit/command';

// For whoever has a file and nothing else: no server, no registry and no configuration is needed.
new Command('tenant-provisioner')
  .description('Checks what the tenant provisioner has exported, without it.')
  .addCommand(verifyAuditCommand())
  .parseAsync()
  .catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  });
