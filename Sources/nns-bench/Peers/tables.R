# Writes the tables of `scripts/bench tables` as CSV, the target last: tables.R LIBRARY FOLDER
# LIBRARY holds Debian's r-cran-mlbench, -modeldata and -cardata, unpacked. Rows without a target
# are left out, long tables cut to a sample of 1,500 rows, commas in texts replaced.

arguments <- commandArgs(trailingOnly = TRUE)
library_folder <- arguments[1]
folder <- arguments[2]
most <- 1500

table_of <- function(package, name, file = name) {
  place <- new.env()
  data(list = file, package = package, lib.loc = library_folder, envir = place)
  as.data.frame(get(name, envir = place))
}

write_table <- function(name, rows, target, without = character()) {
  rows <- rows[!is.na(rows[[target]]), ]
  if (nrow(rows) > most) {
    set.seed(1)
    rows <- rows[sort(sample(nrow(rows), most)), ]
  }
  rows <- rows[, c(setdiff(names(rows), c(target, without)), target)]
  for (column in names(rows)) {
    if (is.factor(rows[[column]]) || is.character(rows[[column]])) {
      rows[[column]] <- gsub(",", ";", as.character(rows[[column]]))
    }
  }
  path <- file.path(folder, paste0(name, ".csv"))
  write.table(rows, path, sep = ",", quote = FALSE, na = "", row.names = FALSE)
}

set.seed(1, kind = "Mersenne-Twister", sample.kind = "Rejection")
write_table("pima", table_of("mlbench", "PimaIndiansDiabetes2"), "diabetes")
write_table("soybean", table_of("mlbench", "Soybean"), "Class")
write_table("votes", table_of("mlbench", "HouseVotes84"), "Class")
write_table("vehicle", table_of("mlbench", "Vehicle"), "Class")
write_table("vowel", table_of("mlbench", "Vowel"), "Class")
write_table("glass", table_of("mlbench", "Glass"), "Type")
write_table("ionosphere", table_of("mlbench", "Ionosphere"), "Class")
write_table("credit", table_of("modeldata", "credit_data"), "Status")
write_table("attrition", table_of("modeldata", "attrition"), "Attrition")
write_table("churn", table_of("modeldata", "mlc_churn"), "churn")
write_table("cells", table_of("modeldata", "cells"), "class", "case")
write_table("titanic", table_of("carData", "TitanicSurvival"), "survived")
write_table("chile", table_of("carData", "Chile"), "vote")

write_table("boston", table_of("mlbench", "BostonHousing"), "medv")
write_table("ozone", table_of("mlbench", "Ozone"), "V4")
write_table("concrete", table_of("modeldata", "concrete"), "compressive_strength")
write_table("sacramento", table_of("modeldata", "Sacramento"), "price")
write_table("ames", table_of("modeldata", "ames"), "Sale_Price")
write_table("cars", table_of("modeldata", "car_prices"), "Price")
write_table("wages", table_of("carData", "SLID"), "wages")
write_table("salaries", table_of("carData", "Salaries"), "salary")
