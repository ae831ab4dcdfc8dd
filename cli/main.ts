#!/usr/bin/env node
import { Command } from 'commander';
import { verifyAuditCommand } from './verify-audit/command';
import { verifyCertificateCommand } from './verify-certificate/command';

// It needs only files: no server, no registry and no configuration.
new Command('tenant-provisioner')
  .description('Checks audit trails and certificates of the tenant provisioner offline.')
  .addCommand(verifyAuditCommand())
  .addCommand(verifyCertificateCommand())
  .parseAsync()
  .catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  });
