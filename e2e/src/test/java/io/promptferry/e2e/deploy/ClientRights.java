package io.promptferry.e2e.deploy;

import io.promptferry.e2e.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.SecurityUtils;

/** The rights that a page tells a team to ask for, by the rows of its table. */
final class ClientRights {

  private static final Pattern ROW =
      Pattern.compile(
          "(?m)^\\| (\\w+) \\| (topic|group|transactional id)s?( that begin with)? `([^`]+)` \\|");

  private ClientRights() {}

  static List<AclBinding> of(String page, String user) throws IOException {
    String text = Files.readString(Repository.root().resolve("docs").resolve(page));
    return ROW.matcher(text).results().map(row -> right(row, user)).toList();
  }

  private static AclBinding right(MatchResult row, String user) {
    ResourceType type =
        switch (row.group(2)) {
          case "topic" -> ResourceType.TOPIC;
          case "group" -> ResourceType.GROUP;
          default -> ResourceType.TRANSACTIONAL_ID;
        };
    PatternType pattern = row.group(3) == null ? PatternType.LITERAL : PatternType.PREFIXED;
    return new AclBinding(
        new ResourcePattern(type, row.group(4), pattern),
        new AccessControlEntry(
            "User:" + user, "*", SecurityUtils.operation(row.group(1)), AclPermissionType.ALLOW));
  }
}
