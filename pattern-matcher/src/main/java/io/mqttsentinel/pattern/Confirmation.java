package io.mqttsentinel.pattern;

/**
 * Whose second opinion a rule asks for. What a broad rule would quarantine or block is only flagged
 * where the tokeniser does not find that the view holds together as an attack.
 */
enum Confirmation {
  NONE,
  /** {@link SqlOpinion}: the view continues an SQL statement. */
  SQL,
  /** {@link MarkupOpinion}: the view makes a browser act. */
  MARKUP
}
