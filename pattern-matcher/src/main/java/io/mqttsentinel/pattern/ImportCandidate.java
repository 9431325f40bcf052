package io.mqttsentinel.pattern;

import java.util.List;

/**
 * One rule of a foreign file.
 *
 * @param line where it begins, from 1
 * @param label what it calls itself; may be empty
 */
record ImportCandidate(int line, String label, Translation translation) {

  /** Makes rules of ours out of it. */
  interface Translation {

    /**
     * @throws ImportRefusedException if it cannot be translated faithfully
     */
    List<ImportedRule> rules();
  }
}
