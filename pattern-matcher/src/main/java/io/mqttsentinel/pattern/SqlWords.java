package io.mqttsentinel.pattern;

import java.nio.charset.StandardCharsets;

/** The words of SQL's dialects, looked up in a text without making a string of it. */
final class SqlWords {

  private static final int SIZE = 1024;
  private static final int LONGEST = 20;
  private static final byte[][] WORDS = new byte[SIZE][];
  private static final SqlToken[] TOKENS = new SqlToken[SIZE];

  /** Whether a word that starts something can begin with two letters: a cheap look before. */
  private static final boolean[] STARTS = new boolean[1 << 10];

  static {
    put(SqlToken.OTHER, "the this these those your my our its their"); // prose
    put(SqlToken.LOGIC, "and or xor");
    put(SqlToken.NOT, "not binary prior");
    put(SqlToken.COMPARE, "like rlike ilike regexp glob similar sounds is in between");
    put(SqlToken.OPERATOR, "div mod collate");
    put(SqlToken.CONSTANT, "null true false current_user session_user system_user rownum");
    put(SqlToken.UNION, "union intersect except minus");
    put(SqlToken.SELECT, "select");
    put(SqlToken.FROM, "from");
    put(SqlToken.WHERE, "where");
    put(SqlToken.HAVING, "having");
    put(SqlToken.GROUP, "group");
    put(SqlToken.ORDER, "order");
    put(SqlToken.BY, "by");
    put(SqlToken.LIMIT, "limit offset");
    put(SqlToken.INTO, "into");
    put(SqlToken.FILE, "outfile dumpfile");
    put(SqlToken.VALUES, "values");
    put(SqlToken.SET, "set");
    put(SqlToken.AS, "as");
    put(SqlToken.ON, "on");
    put(SqlToken.TO, "to");
    put(SqlToken.JOIN, "join inner outer natural");
    put(SqlToken.USING, "using");
    put(SqlToken.PROCEDURE, "procedure");
    put(SqlToken.ANALYSE, "analyse");
    put(SqlToken.CASE, "case");
    put(SqlToken.WHEN, "when");
    put(SqlToken.EXISTS, "exists");
    put(SqlToken.ALL, "all distinct distinctrow");
    put(SqlToken.TOP, "top");
    put(SqlToken.IF, "if");
    put(SqlToken.INSERT, "insert replace");
    put(SqlToken.UPDATE, "update");
    put(SqlToken.DELETE, "delete");
    put(SqlToken.DROP, "drop");
    put(SqlToken.CREATE, "create");
    put(SqlToken.ALTER, "alter");
    put(SqlToken.TRUNCATE, "truncate");
    put(SqlToken.EXEC, "exec execute");
    put(SqlToken.DECLARE, "declare");
    put(SqlToken.WAITFOR, "waitfor");
    put(SqlToken.DELAY, "delay time");
    put(SqlToken.SHUTDOWN, "shutdown");
    put(SqlToken.GRANT, "grant revoke");
    put(SqlToken.MERGE, "merge");
    put(SqlToken.CALL, "call do");
    put(SqlToken.LOAD, "load");
    put(SqlToken.BACKUP, "backup");
    put(SqlToken.BEGIN, "begin");
    put(SqlToken.SHOW, "show");
    put(
        SqlToken.OBJECT,
        "table database schema view index trigger function user login role sequence column"
            + " tablespace");
    put(
        SqlToken.FUNCTION,
        "ascii substr substring substring_index mid ord unhex database schemaname version"
            + " user_name db_name host_name sqlite_version chr char nchar ifnull isnull coalesce"
            + " nullif cast convert concat concat_ws make_set elt md5 sha1 bin_to_num char_length"
            + " row_count json_keys json_extract polygon multipoint geometrycollection linestring"
            + " multipolygon name_const to_char nvl rand xmltype current_database quote_literal"
            + " table_to_xml query_to_xml database_to_xml stuff iif greatest unicode");
    put(
        SqlToken.SINK,
        "sleep benchmark pg_sleep extractvalue updatexml load_file randomblob load_extension"
            + " group_concat dblink lo_import lo_export pg_read_file pg_ls_dir openrowset"
            + " opendatasource fn_xe_file_target_read_file fn_get_audit_file writefile readfile");
    put(
        SqlToken.CATALOGUE,
        "information_schema sysobjects syscolumns sysusers sqlite_master sqlite_schema dual"
            + " user_tables all_tables all_tab_columns msysaccessobjects pg_shadow pg_user"
            + " pg_database pg_tables pg_class pg_stat_activity sysdatabases sysxlogins");
  }

  private SqlWords() {}

  /** The meaning of a word, names with dots by their beginning; {@code WORD} for any other. */
  static SqlToken of(byte[] text, int from, int to, boolean dotted) {
    if (dotted) {
      return ofPath(text, from);
    }
    int length = to - from;
    if (length > 2 && text[from + 2] == '_' && lower(text[from + 1]) == 'p') {
      int first = lower(text[from]);
      return first == 'x' || first == 's' ? SqlToken.PROCEDURE_NAME : SqlToken.WORD;
    }
    if (length < 2 || length > LONGEST + 10) {
      return SqlToken.WORD;
    }
    int slot = slot(text, from, to);
    return TOKENS[slot] == null ? SqlToken.WORD : TOKENS[slot];
  }

  private static SqlToken ofPath(byte[] text, int from) {
    if (begins(text, from, "information_schema.")
        || begins(text, from, "mysql.")
        || begins(text, from, "sys.")
        || begins(text, from, "pg_catalog.")) {
      return SqlToken.CATALOGUE;
    }
    if (begins(text, from, "master.")) {
      return SqlToken.PROCEDURE_NAME;
    }
    boolean oracle =
        begins(text, from, "dbms_") || begins(text, from, "utl_") || begins(text, from, "ctxsys.");
    return oracle ? SqlToken.SINK : SqlToken.WORD;
  }

  /** Whether a word of two letters or more at this place may start a condition or statement. */
  static boolean mayStart(byte first, byte second) {
    return STARTS[bigram(first, second)];
  }

  private static int bigram(int first, int second) {
    return (first & 0x1f) << 5 | (second & 0x1f);
  }

  static boolean begins(byte[] text, int from, String word) {
    if (text.length - from < word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (lower(text[from + i]) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + 0x20 : b;
  }

  private static void put(SqlToken token, String words) {
    for (String word : words.split(" ", -1)) {
      byte[] bytes = word.getBytes(StandardCharsets.US_ASCII);
      int slot = slot(bytes, 0, bytes.length);
      WORDS[slot] = bytes;
      TOKENS[slot] = token;
      if (token.starts()) {
        STARTS[bigram(bytes[0], bytes[1])] = true;
      }
    }
  }

  /** Where the word is, or the free place where it would be. */
  private static int slot(byte[] text, int from, int to) {
    int hash = to - from;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + lower(text[i]);
    }
    int slot = (hash ^ hash >>> 13) & (SIZE - 1);
    while (WORDS[slot] != null && !same(WORDS[slot], text, from, to)) {
      slot = (slot + 1) & (SIZE - 1);
    }
    return slot;
  }

  private static boolean same(byte[] word, byte[] text, int from, int to) {
    if (word.length != to - from) {
      return false;
    }
    for (int i = 0; i < word.length; i++) {
      if (word[i] != lower(text[from + i])) {
        return false;
      }
    }
    return true;
  }
}
