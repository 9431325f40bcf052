package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JavaEngineTest extends EngineContract {

  @Override
  PatternEngine compile(List<PayloadPattern> patterns) {
    return JavaEngine.compile(patterns);
  }

  @Test
  void endsHopelessWorkAndSaysSo() {
    List<PayloadPattern> costly = patterns(Collections.nCopies(100, "(?s)a.*[bc].*d\\d"));
    byte[] text = new byte[256 * 1024];
    Arrays.fill(text, (byte) 'a');
    PatternHits hits = new PatternHits(costly.size());
    compile(costly).scanner().scan(text, text.length, hits);
    assertTrue(hits.isComplete(), "their literals do not occur: nothing to do");
    text[5] = 'b';
    text[10] = 'd';
    text[11] = '1';
    compile(costly).scanner().scan(text, text.length, hits);
    assertFalse(hits.isComplete());
  }
}
