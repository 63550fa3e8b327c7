# Makes trial_design_values.json: Rscript make_trial_design_values.R > trial_design_values.json
#
# Group-sequential boundaries by rpact, one-sided 0.025, with non-binding futility; sample sizes and
# power of ordinal outcomes by Hmisc.

suppressMessages({
  library(rpact)
  library(Hmisc)
  library(jsonlite)
})

information <- list(
  c(1, 2, 3) / 3, c(1, 2) / 2, (1:5) / 5, c(0.25, 0.6, 1), (1:10) / 10
)
types <- list(c("asOF", "bsOF"), c("asP", "bsP"), c("asOF", "bsP"))
sequential <- list()
for (shares in information) {
  for (type in types) {
    for (power in c(0.8, 0.9)) {
      plain <- getDesignGroupSequential(
        informationRates = shares, alpha = 0.025, beta = 1 - power, sided = 1, typeOfDesign = type[1]
      )
      both <- getDesignGroupSequential(
        informationRates = shares, alpha = 0.025, beta = 1 - power, sided = 1,
        typeOfDesign = type[1], typeBetaSpending = type[2], bindingFutility = FALSE
      )
      of_plain <- getDesignCharacteristics(plain)
      of_both <- getDesignCharacteristics(both)
      sequential[[length(sequential) + 1]] <- list(
        information = shares, alpha_spending = type[1], beta_spending = type[2], power = power,
        efficacy = plain$criticalValues, spent = plain$alphaSpent,
        efficacy_with_futility = both$criticalValues, futility = both$futilityBounds,
        inflation = of_plain$inflationFactor,
        size_at_effect = of_plain$averageSampleNumber1,
        size_at_nothing = of_plain$averageSampleNumber0,
        inflation_futility = of_both$inflationFactor,
        size_at_effect_futility = of_both$averageSampleNumber1,
        size_at_nothing_futility = of_both$averageSampleNumber0
      )
    }
  }
}

scales <- list(
  list(control = c(0.2, 0.5, 0.2, 0.1), odds_ratio = exp(0.887), power = 0.9),
  list(control = c(0.05, 0.10, 0.12, 0.15, 0.22, 0.12, 0.24), odds_ratio = 1.5, power = 0.8),
  list(control = c(0.01, 0.02, 0.05, 0.12, 0.28, 0.22, 0.30), odds_ratio = 3, power = 0.8),
  list(control = c(0.7, 0.3), odds_ratio = 2, power = 0.8)
)
ordinal <- lapply(scales, function(each) {
  upto <- cumsum(each$control)
  shifted <- each$odds_ratio * upto / (1 - upto + each$odds_ratio * upto)
  mean <- (each$control + diff(c(0, shifted))) / 2
  size <- posamsize(mean, odds.ratio = each$odds_ratio, alpha = 0.05, power = each$power)
  c(each, list(mean = mean, n = size$n, efficiency = size$eff))
})

values <- list(
  made_with = list(
    R = as.character(getRversion()),
    rpact = as.character(packageVersion("rpact")),
    Hmisc = as.character(packageVersion("Hmisc"))
  ),
  sequential = sequential,
  ordinal = ordinal
)
cat(toJSON(values, digits = I(12), auto_unbox = TRUE, pretty = FALSE), "\n")
