import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;

/** Statements on standard input, one a line; the texts of their rows as JSON on standard output. */
public class PgjdbcScript {
  public static void main(String[] arguments) throws Exception {
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<String> answers = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(arguments[0], arguments[1], "")) {
      for (String sql = input.readLine(); sql != null; sql = input.readLine()) answers.add(answer(connection, sql));
    }
    new PrintStream(System.out, true, StandardCharsets.UTF_8).println("[" + String.join(",", answers) + "]");
  }

  private static String answer(Connection connection, String sql) throws Exception {
    List<String> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql); ResultSet result = statement.executeQuery()) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i <= columns; i++) cells.add(quoted(result.getString(i)));
        rows.add("[" + String.join(",", cells) + "]");
      }
    }
    return "[" + String.join(",", rows) + "]";
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (char c : (text == null ? "" : text).toCharArray()) json.append(String.format("\\u%04x", (int) c));
    return json.append('"').toString();
  }
}
