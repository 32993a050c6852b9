/** The conversations that a spec's environment gives access to. */
import { UsageFailure } from '../../failures.ts'
import type { LinkedSpec } from '../../link/linked-spec.ts'
import { isOpenAiServer } from '../../models/openai/openai-model.ts'
import type { RunSessions, SessionStore } from '../session-store.ts'
import { createConversationsApi } from './conversations-api.ts'
import { openaiConversations } from './openai-conversations.ts'

const OPENAI_URL = 'https://api.openai.com/v1'

/**
 * Sessions at OPENAI_BASE_URL, with OPENAI_API_KEY. Nothing is asked yet.
 *
 * @throws UsageFailure `api_key_missing`, `base_url_invalid`.
 */
export function openConversations(
  spec: Pick<LinkedSpec, 'variables' | 'redactor'>,
  names: RunSessions,
): SessionStore {
  const { variables, redactor } = spec
  const baseUrl = variables['OPENAI_BASE_URL'] || OPENAI_URL
  const protocol = URL.parse(baseUrl)?.protocol
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new UsageFailure('base_url_invalid', 'OPENAI_BASE_URL is not an http or https url')
  }
  const apiKey = variables['OPENAI_API_KEY']
  if (!apiKey && isOpenAiServer(baseUrl)) {
    throw new UsageFailure(
      'api_key_missing',
      'session.store: openai_conversations needs an API key',
      'set OPENAI_API_KEY in the environment or in .env beside the spec',
    )
  }
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    'user-agent': 'agentspec',
    ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
    ...(variables['OPENAI_ORG_ID'] ? { 'openai-organization': variables['OPENAI_ORG_ID'] } : {}),
    ...(variables['OPENAI_PROJECT_ID'] ? { 'openai-project': variables['OPENAI_PROJECT_ID'] } : {}),
  }
  const redact = (text: string): string => redactor.text(text)
  return openaiConversations(createConversationsApi({ baseUrl, headers, redact }), names)
}
