/** What a model definition says where the spec says nothing. */
import type { ModelDefinition } from './program-models.ts'

/** Every key of a definition that has a default. Durations in milliseconds. */
export const MODEL_DEFAULTS: Pick<ModelDefinition, DefaultedKey> = {
  api: 'responses',
  headers: {},
  timeout: 600_000,
  idle_timeout: 120_000,
  max_output_bytes: 10_485_760,
  settings: {},
  retry: {
    max_attempts: 3,
    on: ['rate_limit', 'server_error', 'timeout', 'network'],
    backoff: { initial: 500, max: 30_000, multiplier: 2, jitter: true },
  },
  fallback: [],
}

type DefaultedKey =
  | 'api'
  | 'headers'
  | 'timeout'
  | 'idle_timeout'
  | 'max_output_bytes'
  | 'settings'
  | 'retry'
  | 'fallback'
