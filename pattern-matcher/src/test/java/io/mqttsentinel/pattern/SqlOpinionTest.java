package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SqlOpinionTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '§',
      value = {
        "' OR '1'='1 ¦ CONDITION ¦ single",
        "admin' or 1=1 # ¦ CONDITION ¦ single",
        "x') or ('a'='a ¦ CONDITION ¦ single",
        "\" or \"\"=\" ¦ CONDITION ¦ double",
        "' or true-- - ¦ CONDITION ¦ single",
        "'||1=1-- ¦ CONDITION ¦ single",
        "' and ascii(substr((select database()),1,1))>64-- ¦ CONDITION ¦ single",
        "' or name like '% ¦ CONDITION ¦ single",
        "'/**/or/**/2>1/* ¦ CONDITION ¦ single",
        "' or not 1=2 limit 1 -- ¦ CONDITION ¦ single",
        "1 or 1=1 ¦ CONDITION ¦ none",
        "1 and (select count(*) from users)>0 ¦ CONDITION ¦ none",
        "1 and sleep(5) ¦ CONDITION ¦ none",
        "GET /?id=7 and 3 between 1 and 4 ¦ CONDITION ¦ none",
        "-1 union all select 1,2,3 ¦ UNION ¦ none",
        "x' union(select null,version()) -- ¦ UNION ¦ single",
        "'; drop table users; -- ¦ STATEMENT ¦ single",
        "1; waitfor delay '0:0:5' ¦ STATEMENT ¦ none",
        "'; exec master..xp_cmdshell 'dir' -- ¦ STATEMENT ¦ single",
        "select name, password from users ¦ STATEMENT ¦ none",
        "insert into log values (1,2) ¦ STATEMENT ¦ none",
        "update users set admin=1 ¦ STATEMENT ¦ none",
        "select table_name from information_schema.tables ¦ STATEMENT ¦ none",
        "admin'-- ¦ COMMENT ¦ single",
        "admin\") # ¦ COMMENT ¦ double",
        "';-- ¦ COMMENT ¦ single",
        "foo'||' ¦ CONDITION ¦ single",
        "1'=' ¦ OPERATOR ¦ single",
        "'-0# ¦ OPERATOR ¦ single",
        "','x',(select version()))-- ¦ OPERATOR ¦ single",
        "1' order by 10-- ¦ CLAUSE ¦ single",
        "' group by 3 -- ¦ CLAUSE ¦ single",
        "x' having 1=1 -- ¦ CLAUSE ¦ single",
        "' into outfile '/tmp/x ¦ CLAUSE ¦ single",
        // columns, joined to what the statement goes on with
        "7' or state ^ -'1 ¦ CONDITION ¦ single",
        "7' and upper(name)::text -- ¦ CONDITION ¦ single",
        "7' *id-'0 ¦ OPERATOR ¦ single",
        "x'=mail-- ¦ OPERATOR ¦ single",
        // a backslash before a quote escapes it, or does not
        "it\\'s x' or 1=1 -- ¦ CONDITION ¦ single",
        "\\'' or 1=1 -- ¦ CONDITION ¦ single",
        "\\' or 1=1 -- ¦ CONDITION ¦ single",
        "\\\\' or 1=1 -- ¦ CONDITION ¦ single",
        "\\\\\\'' or 1=1 -- ¦ CONDITION ¦ single",
        "it''s x' or 1=1 -- ¦ CONDITION ¦ single",
        "a\\\"b\" or 1=1 -- ¦ CONDITION ¦ double",
        "x' and '\\'=1 or 1=1 -- ¦ CONDITION ¦ single",
        "x' and '\\''='\\'' -- ¦ CONDITION ¦ single",
        "7 and '\\'!='a' or sleep(5) -- ¦ CONDITION ¦ none",
        // words glued to numbers
        "1or 1=1 ¦ CONDITION ¦ none",
        "1and(1=1) ¦ CONDITION ¦ none",
        "0x1or 1=1 ¦ CONDITION ¦ none",
        "0b1or 1=1 ¦ CONDITION ¦ none",
        "1e5or 1=1 ¦ CONDITION ¦ none",
        "1.5or 1=1 ¦ CONDITION ¦ none",
        "-1union select 1,2,3 ¦ UNION ¦ none",
        "1union(select 1,2) ¦ UNION ¦ none",
        "id=1or(1)=1 ¦ CONDITION ¦ none",
        "x' or 1=1or 2 -- ¦ CONDITION ¦ single",
        // control characters are white space for SQL Server
        "1\u0001or\u001f1=1 ¦ CONDITION ¦ none",
      })
  void knowsInjections(String text, SqlShape shape, String context) {
    SqlOpinion opinion = new SqlOpinion();
    assertTrue(judge(opinion, text), text);
    assertEquals(shape, opinion.shape(), text);
    assertEquals(context, opinion.context(), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "'",
        "plain words",
        "O'Brien's gate",
        "don't stop or go",
        "it's 'on' or 'off'",
        "the sensors' and actuators' state",
        "dogs' or cats",
        "run 'x' --force",
        "7;dev-7;21.5;\"#vref:\"",
        "7;21.5;\"\"\"GET / HTTP/1.1\"\" 200 512 \"\"-\"\" \"\"curl/8.5\"\"\"",
        "7;dev-7;\"<165>1 gw - - keep-named\"",
        "echo \"hi\" # comment",
        "grep 'a' file | wc -l",
        "a='1' b='2'",
        "days(\"--MT---\")",
        "replace(text, \"-\", \"\")",
        "mode='quiet' and step='4'",
        "pick 'North', not 'South' -- then wait",
        "{'a': 'b', 'c': 1}",
        "'x', 'y'",
        "press '+' to start",
        "select a device from the list",
        "student union selects a new board",
        "please update the set point = 5",
        "insert into the slot",
        "order by phone or by mail",
        "one or two = three",
        "temp > 30 and hum < 50",
        "length(x) = 5 and count > 3",
        "if a == b || c == d then",
        "[ -f /etc/x ] && reload; exit",
        "Backlog Power1 ON; Delay 10; Power1 OFF",
        "reboot; shutdown -h now",
        "sleep(10)",
        "exec python3 main.py",
        "call begin (later)",
        "2026-03-01 12:00:00 -- door opened",
        "C# and F# are languages",
        "x.y.z == 1 && running",
        "\"name\" = \"value\"",
        "and the winner is: 'nobody'",
        "user or admin",
        "rate 5/6 and 7/8",
        "'quoted' and more",
        "4and5 or 3or4",
        "9f1or2a 1and",
        "say \\\"hi\\\" or \\\"bye\\\"",
        "a=\\'1\\' b=\\'2\\'",
        "C:\\dir\\'x' and more",
      })
  void leavesProseConsolesAndExpressionsAlone(String text) {
    SqlOpinion opinion = new SqlOpinion();
    boolean found = judge(opinion, text);
    assertFalse(found, () -> text + ": " + opinion.shape() + " at " + opinion.place());
  }

  @Test
  void saysWhereTheStatementGoesOn() {
    SqlOpinion opinion = new SqlOpinion();
    judge(opinion, "abc' or 1=1");
    assertEquals(3, opinion.place());
    judge(opinion, "id=1 union select 2");
    assertEquals(5, opinion.place());
  }

  @Test
  void looksAtTheStringsOfJsonEachForItself() {
    assertTrue(looksLikeSql("{\"a\":1,\"b\":\"x' or 1=1 --\"}"));
    assertFalse(looksLikeSql("{\"mode\":\"or\",\"value\":\"a=b\"}"));
    assertFalse(looksLikeSql("{\"a\":\"x\",\"b\":\"--\",\"c\":\"union\",\"d\":\"select\"}"));
    assertFalse(looksLikeSql("[\"a\",\"or\",\"1=1\"]"));
  }

  @Test
  void inBinaryDataPunctuationIsChance() {
    byte[] quote = "crawX'#".getBytes(StandardCharsets.UTF_8);
    byte[] words = "crawX' or 1=1#".getBytes(StandardCharsets.UTF_8);
    SqlOpinion opinion = new SqlOpinion();
    opinion.reset(words.length);
    assertTrue(opinion.judge(quote, 0, quote.length, false));
    assertFalse(opinion.judge(quote, 0, quote.length, true));
    assertTrue(opinion.judge(words, 0, words.length, true));
  }

  @Property(tries = 1000)
  void neverThrowsAndStaysInBounds(@ForAll("texts") String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    SqlOpinion opinion = new SqlOpinion();
    opinion.reset(bytes.length);
    if (opinion.judge(bytes, 0, bytes.length, false)) {
      assertTrue(opinion.place() >= 0 && opinion.place() < bytes.length, text);
    }
  }

  /** A prefix without quotes or words of SQL does not hide an injection. */
  @Property(tries = 300)
  void findsTheInjectionBehindAnyPlainValue(@ForAll("values") String value) {
    assertTrue(judge(new SqlOpinion(), value + "' or 1=1 -- "), value);
    assertTrue(judge(new SqlOpinion(), value + "' UNION SELECT 1,2 -- "), value);
  }

  @Provide
  Arbitrary<String> values() {
    return Arbitraries.strings().withChars("abcxyz0189 .,_-@/").ofMaxLength(40);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "'", "\"", "`", "(", ")", "or ", "and ", "union ", "select ", "from ", "where ", "1",
            "=", "--", "#", "/*", "*/", ";", ",", "@x", "[", "]", "case ", "when ", "drop ",
            "table ", "x", " ", "\n", "\\", "0x", "1e5", ".", "!", "|", "||", "sleep(", "ü",
            "\u0000", "exec ", "insert ", "into ", "n'")
        .list()
        .ofMaxSize(120)
        .map(parts -> String.join("", parts));
  }

  private static boolean looksLikeSql(String view) {
    SecondOpinion opinion = new SecondOpinion();
    byte[] bytes = view.getBytes(StandardCharsets.UTF_8);
    opinion.look(bytes, bytes.length);
    return opinion.isSql();
  }

  private static boolean judge(SqlOpinion opinion, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    opinion.reset(bytes.length);
    return opinion.judge(bytes, 0, bytes.length, false);
  }
}
