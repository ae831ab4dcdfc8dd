import type { Edge } from './edge/edge';
import type { Keycloak } from './keycloak/keycloak';
import type { Keys } from './keys/keys';
import type { Kubernetes } from './kubernetes/kubernetes';
import type { Mailer } from './mail/mailer';
import type { Postgres } from './postgres/postgres';
import type { RegistryKinds } from './registry/kinds';
import type { Scanner } from './scanner/scanner';
import type { Storage } from './storage/storage';
import type { Billing } from './stripe/stripe';

/** One adapter per external system (and the registry), each with its client and the resource kinds it offers. */
export interface Providers {
  keys: Keys;
  registry: RegistryKinds;
  postgres: Postgres;
  storage: Storage;
  kubernetes: Kubernetes;
  keycloak: Keycloak;
  billing: Billing;
  edge: Edge;
  mailer: Mailer;
  scanner: Scanner;
}
