#include "bench/goals_json.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace revstat::bench {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const std::string& group, const Goal& goal) {
  Json json = {{"group", group},
               {"name", goal.what},
               {"goal", goal.goal},
               {"measured", goal.measured},
               {"value", goal.figures.value},
               {"unit", goal.figures.unit}};
  const auto add = [&](const char* name, const std::optional<double>& value) {
    if (value.has_value()) json[name] = *value;
  };
  add("beside", goal.figures.beside);
  add("ratio", goal.figures.ratio);
  add("peak_megabytes", goal.figures.peak_megabytes);
  json["reached"] = nullptr;
  if (goal.reached != Reached::kNoGoal)
    json["reached"] = goal.reached == Reached::kYes;
  return json;
}

}  // namespace

absl::Status WriteJson(const std::vector<GoalGroup>& groups,
                       const std::string& path) {
  Json all = Json::array();
  for (const GoalGroup& group : groups) {
    for (const Goal& goal : group.goals)
      all.push_back(ToJson(group.name, goal));
  }
  std::ofstream file(path);
  file << all.dump(1) << '\n' << std::flush;
  if (file) return absl::OkStatus();
  return absl::UnavailableError("cannot write " + path);
}

}  // namespace revstat::bench
